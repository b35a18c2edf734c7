"""The what-if page: caps, floors, prices and events moved by hand, the program re-solved."""

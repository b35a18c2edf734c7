"""Linear programs in arrays, solved with HiGHS; knows no case."""

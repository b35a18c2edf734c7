"""What can be bought: vendors, regions, SKUs, prices, transfer prices."""

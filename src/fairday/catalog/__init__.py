"""Say what may be bought: products, SKUs, their prices by phase, and how to find them.

Owns: products, SKUs (options, GTIN, pictures, status), regular and phase prices, the price history, the search terms,
how many pieces were sold lately.
Promises: an external id names one product and one SKU of a merchant; a GTIN has a right check digit and names one SKU of a
merchant; what is live has a price; the price of a SKU is a function of the SKU and the phases that hold (R3); each change
of a price is in the history, which nobody edits; the same file imported twice changes nothing the second time; what a product sold lately is the sum of its days.
Calls: nobody.
Announces: PriceChanged, PhasePriceChanged, ProductsImported.
"""

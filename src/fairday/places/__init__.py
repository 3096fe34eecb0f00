"""Know where things are: regions, malls and stores, their opening hours, and which of them are near a point.

Owns: regions (ISO 3166-2), malls, stores with coordinates in WGS-84, hours in the store's own zone.
Promises: the nearest search is exact (H3 cells choose candidates, great-circle distance decides); an import keeps good
    rows, names bad ones, and done again changes nothing; external ids are unique per merchant.
Calls: nothing but the kernel.
Announces: places.StoreChanged, places.StoresImported.
"""

from fairday.catalog import service
async def test_smoke(database, tx, now):
    csv = "external_id,name,price,gtin\na1,双十一 手机壳,12.00,6901234567892\na2,Choc bar,1.50,\n"
    r = await service.import_products(database, "mer_smoke", service.ImportFormat("csv") if hasattr(service,'ImportFormat') else "csv", csv.encode())
    print(r)

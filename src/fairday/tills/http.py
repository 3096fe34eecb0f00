"""Join the routes of the tills: setting up and shifts in `http_desk`, redeeming and selling in `http_sale`."""

from fairday.kernel.http.routes import Router
from fairday.tills import http_desk, http_sale

router = Router("tills", [*http_desk.router.routes, *http_sale.router.routes])
LANES = http_sale.LANES

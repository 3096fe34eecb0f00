"""Join the routes of the tills: setting up and shifts in `http_desk`, redeeming and selling in `http_sale`, the rest of the
counter's work in `http_counter`."""

from fairday.kernel.http.routes import Router
from fairday.tills import http_counter, http_desk, http_sale

router = Router("tills", [*http_desk.router.routes, *http_sale.router.routes, *http_counter.router.routes])
LANES = http_sale.LANES

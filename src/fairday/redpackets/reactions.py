"""React to grabs of a rush: credit their wallets."""

from fairday.redpackets import crediting

REACTIONS = [(crediting.CONSUMER, crediting.READ, crediting.credit_late)]

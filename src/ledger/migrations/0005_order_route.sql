-- Where an order was sent, when that was chosen. Orders of before went to the venue of their instrument.

ALTER TABLE orders ADD COLUMN route TEXT;

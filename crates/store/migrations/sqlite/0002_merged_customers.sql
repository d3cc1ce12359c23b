-- survivor: the customer who stands for this one since they were merged.
ALTER TABLE customer ADD COLUMN survivor BLOB;
CREATE INDEX customer_behind ON customer (survivor) WHERE survivor IS NOT NULL;
DROP INDEX customer_present;
CREATE INDEX customer_present ON customer (id) WHERE body IS NOT NULL AND survivor IS NULL;

-- The service whose case is paid for: whoever acts for another person pays only what her mandate covers.
ALTER TABLE payments_payment ADD COLUMN service_id TEXT;

-- What files a merchant's people brought in: who, when, which file, what came of it, and why rows were refused.
CREATE TABLE kernel.import_run (
    import_id text COLLATE "C" PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('products', 'places', 'stock', 'receipts')),
    file_name text CHECK (length(file_name) BETWEEN 1 AND 200),
    -- The account that sent it; null from the command line.
    account_id text,
    created_count integer NOT NULL CHECK (created_count >= 0),
    updated_count integer NOT NULL CHECK (updated_count >= 0),
    unchanged_count integer NOT NULL CHECK (unchanged_count >= 0),
    error_count integer NOT NULL CHECK (error_count >= 0),
    -- [{line, column, code, reason_en, reason_zh}]: the first 5,000.
    errors json NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    CONSTRAINT run_ends_after_it_began CHECK (finished_at >= started_at),
    CONSTRAINT refused_rows_have_reasons CHECK (error_count <= json_array_length(errors) OR json_array_length(errors) = 5000)
);
CREATE INDEX import_run_of_merchant ON kernel.import_run (merchant_id, import_id);
CREATE INDEX import_run_old ON kernel.import_run (finished_at);

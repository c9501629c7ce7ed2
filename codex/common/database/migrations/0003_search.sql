-- By hand: the schema language cannot say it. The full-text search of Functions.
CREATE INDEX "Functions_text" ON "Functions"
    USING GIN (to_tsvector('english', translate("name", '_', ' ') || ' ' || "description"));

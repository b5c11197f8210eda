-- One full-text index for each language; the statements are those of FullText.createStatements, and a test holds them to it.
CREATE TABLE "catalogue_search_he" (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL);
CREATE INDEX "catalogue_search_he_lexemes" ON "catalogue_search_he" USING GIN (lexemes);
CREATE TABLE "catalogue_search_ar" (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL);
CREATE INDEX "catalogue_search_ar_lexemes" ON "catalogue_search_ar" USING GIN (lexemes);
CREATE TABLE "catalogue_search_en" (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL);
CREATE INDEX "catalogue_search_en_lexemes" ON "catalogue_search_en" USING GIN (lexemes);
CREATE TABLE "catalogue_search_ru" (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL);
CREATE INDEX "catalogue_search_ru_lexemes" ON "catalogue_search_ru" USING GIN (lexemes);
CREATE TABLE "catalogue_search_fr" (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL);
CREATE INDEX "catalogue_search_fr_lexemes" ON "catalogue_search_fr" USING GIN (lexemes);

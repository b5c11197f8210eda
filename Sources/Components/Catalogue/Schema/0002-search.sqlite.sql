-- One full-text index for each language; the statements are those of FullText.createStatements, and a test holds them to it.
CREATE TABLE "catalogue_search_he_document" (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE "catalogue_search_he" USING fts5(a, b, c, d, tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE TABLE "catalogue_search_ar_document" (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE "catalogue_search_ar" USING fts5(a, b, c, d, tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE TABLE "catalogue_search_en_document" (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE "catalogue_search_en" USING fts5(a, b, c, d, tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE TABLE "catalogue_search_ru_document" (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE "catalogue_search_ru" USING fts5(a, b, c, d, tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE TABLE "catalogue_search_fr_document" (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE "catalogue_search_fr" USING fts5(a, b, c, d, tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");

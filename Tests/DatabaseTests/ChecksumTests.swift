@testable import Database
import Testing

/// Test vectors of FNV-1a with 64 bits (RFC 9923 section 8.2 and the authors' list).
@Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
func checksumOfAMigration(text: String, checksum: String) {
    #expect(MigrationFile.checksum(text) == checksum)
}

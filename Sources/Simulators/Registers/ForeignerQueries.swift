import Database
import Values

/// What the registers know of people who live here with a permit.
extension RegistersStore {
    /// Where a paper stands: its column, and the column of its date.
    private static func columns(_ paper: String) -> (number: String, issued: String)? {
        switch paper {
        case "passport": ("passport", "passport_issue_date")
        case "permit": ("permit", "permit_issue_date")
        default: nil
        }
    }

    func foreignerMatches(
        _ paper: String, number: String, birthDate: String, issueDate: String, in connection: any Connection
    ) throws -> Bool {
        guard let columns = Self.columns(paper) else { return false }
        return try connection.first(
            "SELECT 1 FROM registers_foreigner WHERE \(columns.number) = $1 AND birth_date = $2 AND \(columns.issued) = $3",
            [.text(number), .text(birthDate), .text(issueDate)]) { try $0.int(0) } != nil
    }

    func foreigner(_ paper: String, number: String, in connection: any Connection) throws -> JSON? {
        guard let columns = Self.columns(paper) else { return nil }
        return try connection.first(
            """
            SELECT permit, passport, given_name, given_name_latin, family_name, family_name_latin, sex, birth_date, entry_date
            FROM registers_foreigner WHERE \(columns.number) = $1
            """, [.text(number)]
        ) { row in
            [
                "permit": .string(try row.text(0)), "passport": .string(try row.text(1)), "givenName": .string(try row.text(2)),
                "givenNameLatin": .string(try row.text(3)), "familyName": .string(try row.text(4)), "familyNameLatin": .string(try row.text(5)),
                "sex": .string(try row.text(6)), "birthDate": .string(try row.text(7)), "entryDate": .string(try row.text(8)),
            ]
        }
    }

    func foreignInsuredMatches(_ paper: String, number: String, localityCode: String, in connection: any Connection) throws -> Bool {
        guard let columns = Self.columns(paper), let code = Int64(localityCode) else { return false }
        return try connection.first(
            "SELECT 1 FROM registers_foreign_insured WHERE \(columns.number) = $1 AND locality_code = $2", [.text(number), .integer(code)]
        ) { try $0.int(0) } != nil
    }
}

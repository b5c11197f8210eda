import Database
import Values

/// All SQL that reads the registers. Answers are JSON as the operations give them.
struct RegistersStore: Sendable {
    func edition(in connection: any Connection) throws -> String? {
        try connection.first("SELECT edition FROM registers_edition", []) { try $0.text(0) }
    }

    func person(_ number: String, in connection: any Connection) throws -> JSON? {
        let found = try connection.first(
            """
            SELECT p.national_number, p.given_name, p.given_name_latin, p.family_name, p.family_name_latin, p.sex, p.birth_date,
                p.marital_status, p.immigration_date, p.card_issue_date, p.spouse_number, p.father_number, p.mother_number,
                p.locality_code, l.name, l.name_latin, p.street, p.street_latin, p.house, p.apartment, p.address_since
            FROM registers_person p JOIN registers_locality l ON l.code = p.locality_code WHERE p.national_number = $1
            """, [.text(number)]
        ) { row in (try RegistersStore.personJSON(row), try row.optionalText(10), [try row.optionalText(11), try row.optionalText(12)]) }
        guard let (found, spouse, parents) = found else { return nil }
        var person = found
        person["spouse"] = try spouse.flatMap { try relative($0, in: connection) }
        person["parents"] = .array(try parents.compactMap { try $0.flatMap { try relative($0, in: connection) } })
        person["children"] = .array(try children(number, in: connection))
        return person
    }

    private static func personJSON(_ row: any Row) throws -> JSON {
        .members([
            "nationalNumber": .string(try row.text(0)), "givenName": .string(try row.text(1)), "givenNameLatin": .string(try row.text(2)),
            "familyName": .string(try row.text(3)), "familyNameLatin": .string(try row.text(4)), "sex": .string(try row.text(5)),
            "birthDate": .string(try row.text(6)), "maritalStatus": .string(try row.text(7)),
            "immigrationDate": try row.optionalText(8).map(JSON.string), "cardIssueDate": try row.optionalText(9).map(JSON.string),
            "address": try address(row, from: 13),
        ])
    }

    /// Eight columns: code, name, name in Latin letters, street, street in Latin letters, house, apartment, since.
    static func address(_ row: any Row, from first: Int) throws -> JSON {
        .members([
            "localityCode": .int(try row.int(first)), "locality": .string(try row.text(first + 1)),
            "localityLatin": .string(try row.text(first + 2)),
            "street": try row.optionalText(first + 3).map(JSON.string), "streetLatin": try row.optionalText(first + 4).map(JSON.string),
            "house": try row.optionalText(first + 5).map(JSON.string), "apartment": try row.optionalText(first + 6).map(JSON.string),
            "since": .string(try row.text(first + 7)),
        ])
    }

    private static let relativeColumns = "national_number, given_name, family_name, birth_date, sex"

    private static func relativeJSON(_ row: any Row) throws -> JSON {
        [
            "nationalNumber": .string(try row.text(0)), "givenName": .string(try row.text(1)), "familyName": .string(try row.text(2)),
            "birthDate": .string(try row.text(3)), "sex": .string(try row.text(4)),
        ]
    }

    private func relative(_ number: String, in connection: any Connection) throws -> JSON? {
        try connection.first(
            "SELECT \(RegistersStore.relativeColumns) FROM registers_person WHERE national_number = $1", [.text(number)],
            RegistersStore.relativeJSON)
    }

    private func children(_ number: String, in connection: any Connection) throws -> [JSON] {
        try connection.query(
            """
            SELECT \(RegistersStore.relativeColumns) FROM registers_person WHERE father_number = $1
            UNION SELECT \(RegistersStore.relativeColumns) FROM registers_person WHERE mother_number = $1
            ORDER BY birth_date
            """, [.text(number)], RegistersStore.relativeJSON)
    }

    /// Whether a person with these three exists. Nothing else of her is read.
    func matches(number: String, birthDate: String, cardIssueDate: String, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM registers_person WHERE national_number = $1 AND birth_date = $2 AND card_issue_date = $3",
            [.text(number), .text(birthDate), .text(cardIssueDate)]
        ) { try $0.int(0) } != nil
    }

    func insured(_ number: String, in connection: any Connection) throws -> JSON? {
        try connection.first(
            """
            SELECT i.national_number, i.birth_date, i.locality_code, l.name, l.name_latin, i.street, i.street_latin, i.house,
                i.apartment, i.updated
            FROM registers_insured i JOIN registers_locality l ON l.code = i.locality_code WHERE i.national_number = $1
            """, [.text(number)]
        ) { row in
            [
                "nationalNumber": .string(try row.text(0)), "birthDate": .string(try row.text(1)),
                "address": try RegistersStore.address(row, from: 2),
            ]
        }
    }

    func student(_ number: String, in connection: any Connection) throws -> JSON? {
        try connection.first(
            """
            SELECT national_number, institution, institution_name, institution_name_en, programme, programme_en, degree, study_year,
                full_time, active, academic_year, academic_year_he, since
            FROM registers_student WHERE national_number = $1
            """, [.text(number)]
        ) { row in
            [
                "nationalNumber": .string(try row.text(0)), "institutionID": .string(try row.text(1)),
                "institution": .string(try row.text(2)),
                "institutionEnglish": .string(try row.text(3)), "programme": .string(try row.text(4)),
                "programmeEnglish": .string(try row.text(5)),
                "degree": .string(try row.text(6)), "yearOfStudy": .int(try row.int(7)), "fullTime": .bool(try row.bool(8)),
                "active": .bool(try row.bool(9)), "academicYear": .string(try row.text(10)),
                "academicYearHebrew": .string(try row.text(11)),
                "since": .string(try row.text(12)),
            ]
        }
    }
}

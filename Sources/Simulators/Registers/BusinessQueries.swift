import Database
import Values

/// The register of health professions.
extension RegistersStore {
    func licences(of number: String, in connection: any Connection) throws -> [JSON] {
        try connection.query(
            "SELECT profession, number, status, since, until FROM registers_licence WHERE national_number = $1 ORDER BY profession", [.text(number)]
        ) { row in
            [
                "profession": .string(try row.text(0)), "number": .string(try row.text(1)), "status": .string(try row.text(2)),
                "since": .string(try row.text(3)), "until": .string(try row.text(4)),
            ]
        }
    }
}

/// The register of businesses.
extension RegistersStore {
    func business(_ number: String, in connection: any Connection) throws -> JSON? {
        let found = try connection.first(
            """
            SELECT b.number, b.name, b.legal_form, b.activity, b.activity_he, b.activity_en, b.status, b.since,
                b.locality_code, l.name, l.name_latin, b.street, b.street_latin, b.house, b.apartment, b.address_since
            FROM registers_business b JOIN registers_locality l ON l.code = b.locality_code WHERE b.number = $1
            """, [.text(number)]
        ) { row -> JSON in
            [
                "number": .string(try row.text(0)), "name": .string(try row.text(1)), "legalForm": .string(try row.text(2)),
                "activity": ["id": .string(try row.text(3)), "he": .string(try row.text(4)), "en": .string(try row.text(5))],
                "status": .string(try row.text(6)), "since": .string(try row.text(7)), "address": try RegistersStore.address(row, from: 8),
            ]
        }
        guard var business = found else { return nil }
        business["signatories"] = .array(
            try connection.query(
                """
                SELECT s.national_number, p.given_name, p.family_name, s.role FROM registers_signatory s
                JOIN registers_person p ON p.national_number = s.national_number
                WHERE s.business_number = $1 ORDER BY s.role, s.national_number
                """, [.text(number)]
            ) { row in
                [
                    "nationalNumber": .string(try row.text(0)), "givenName": .string(try row.text(1)),
                    "familyName": .string(try row.text(2)),
                    "role": .string(try row.text(3)),
                ]
            })
        return business
    }

    func businesses(ofSignatory number: String, in connection: any Connection) throws -> [JSON] {
        try connection.query(
            """
            SELECT b.number, b.name, b.legal_form, b.status, s.role FROM registers_signatory s
            JOIN registers_business b ON b.number = s.business_number WHERE s.national_number = $1 ORDER BY b.number
            """, [.text(number)]
        ) { row in
            [
                "number": .string(try row.text(0)), "name": .string(try row.text(1)), "legalForm": .string(try row.text(2)),
                "status": .string(try row.text(3)), "role": .string(try row.text(4)),
            ]
        }
    }
}

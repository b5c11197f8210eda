import Database
import Values

/// Writes a country into an empty store.
struct RegistersLoad {
    /// People in one transaction.
    private static let batch = 10_000
    let database: any Database
    let progress: @Sendable (String) -> Void

    func run(_ country: Country, edition: String, now: Instant) async throws {
        let residents = country.residents
        try await load("registers_person", RegistersLoad.personColumns, count: residents.count) {
            RegistersLoad.person(residents[$0], residents)
        }
        let insured = country.insured
        try await load("registers_insured", RegistersLoad.insuredColumns, count: insured.count) { index in
            [.text(insured[index].number), .date(insured[index].birthDate)] + RegistersLoad.address(insured[index].address)
        }
        let (studies, year) = (country.studies, country.year)
        try await load("registers_student", RegistersLoad.studentColumns, count: studies.count) { RegistersLoad.student(studies[$0], year) }
        let businesses = country.businesses
        try await load("registers_business", RegistersLoad.businessColumns, count: businesses.count) {
            RegistersLoad.business(businesses[$0])
        }
        let signatories = businesses.flatMap { business in business.signatories.map { (business.number, $0.number, $0.role) } }
        try await load("registers_signatory", ["business_number", "national_number", "role"], count: signatories.count) { index in
            [.text(signatories[index].0), .text(signatories[index].1), .text(signatories[index].2)]
        }
        let licences = country.licences
        try await load("registers_licence", ["national_number", "profession", "number", "status", "since", "until"], count: licences.count) { index in
            let one = licences[index]
            return [
                .text(one.holder), .text(one.profession), .text(one.number), .text(one.isValid ? "valid" : "suspended"), .date(one.since), .date(one.until),
            ]
        }
        let foreigners = country.foreigners
        try await load("registers_foreigner", RegistersLoad.foreignerColumns, count: foreigners.count) {
            RegistersLoad.foreigner(foreigners[$0])
        }
        let known = foreigners.filter(\.isInsured)
        try await load("registers_foreign_insured", ["permit", "passport", "locality_code"], count: known.count) { index in
            [.text(known[index].permit), .text(known[index].passport), .integer(Int64(known[index].localityCode))]
        }
        let places = country.places
        try await load("registers_locality", ["code", "name", "name_latin"], count: places.count) { index in
            [.integer(Int64(places[index].code)), .text(places[index].name.hebrew), .text(places[index].name.latin)]
        }
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO registers_edition (edition, made_at) VALUES ($1, $2)", [.text(edition), .instant(now)])
        }
    }

    private func load(_ table: String, _ columns: [String], count: Int, _ row: @escaping @Sendable (Int) -> [SQLValue]) async throws {
        for start in stride(from: 0, to: count, by: RegistersLoad.batch) {
            let range = start..<min(count, start + RegistersLoad.batch)
            try await database.write { connection in _ = try connection.insertMany(table, columns, range.lazy.map(row)) }
            progress("\(table): \(range.upperBound) of \(count)")
        }
    }

    private static let addressColumns = ["locality_code", "street", "street_latin", "house", "apartment"]
    private static let personColumns =
        [
            "national_number", "given_name", "given_name_latin", "family_name", "family_name_latin", "sex", "birth_date", "marital_status",
            "father_number", "mother_number", "spouse_number",
        ] + addressColumns + ["address_since", "immigration_date", "card_issue_date"]
    private static let insuredColumns = ["national_number", "birth_date"] + addressColumns + ["updated"]
    private static let studentColumns = [
        "national_number", "institution", "institution_name", "institution_name_en", "programme", "programme_en", "degree", "study_year",
        "full_time", "active", "academic_year", "academic_year_he", "since",
    ]
    private static let businessColumns =
        ["number", "name", "legal_form", "activity", "activity_he", "activity_en"] + addressColumns + ["address_since", "status", "since"]

    private static let foreignerColumns = [
        "permit", "passport", "given_name", "given_name_latin", "family_name", "family_name_latin", "sex", "birth_date", "permit_issue_date",
        "passport_issue_date", "entry_date",
    ]

    private static func foreigner(_ one: Foreigner) -> [SQLValue] {
        [
            .text(one.permit), .text(one.passport), .text(one.givenName.hebrew), .text(one.givenName.latin), .text(one.familyName.hebrew),
            .text(one.familyName.latin), .text(one.sex.rawValue), .date(one.birthDate), .date(one.permitIssued), .date(one.passportIssued),
            .date(one.entered),
        ]
    }

    private static func address(_ address: Address) -> [SQLValue] {
        [
            .integer(Int64(address.localityCode)), .optional(address.street?.hebrew), .optional(address.street?.latin),
            .optional(address.house),
            .optional(address.apartment), .date(address.since),
        ]
    }

    private static func person(_ one: Resident, _ all: [Resident]) -> [SQLValue] {
        func number(_ place: Int?) -> SQLValue { .optional(place.map { all[$0].number }) }
        func date(_ value: CalendarDate?) -> SQLValue { value.map(SQLValue.date) ?? .null }
        return [
            .text(one.number), .text(one.givenName.hebrew), .text(one.givenName.latin), .text(one.familyName.hebrew),
            .text(one.familyName.latin),
            .text(one.sex.rawValue), .date(one.birthDate), .text(one.maritalStatus.rawValue), number(one.father), number(one.mother),
            number(one.spouse),
        ] + address(one.address) + [date(one.immigrated), date(one.cardIssued)]
    }

    private static func student(_ one: Study, _ year: AcademicYear) -> [SQLValue] {
        [
            .text(one.number), .text(one.institution.id), .text(one.institution.hebrew), .text(one.institution.english),
            .text(one.programme.hebrew), .text(one.programme.english), .text(one.programme.degree), .integer(Int64(one.year)),
            .bool(one.isFullTime), .bool(one.isActive), .text(year.name), .text(year.hebrewName), .date(one.since),
        ]
    }

    private static func business(_ one: Business) -> [SQLValue] {
        [
            .text(one.number), .text(one.name), .text(one.form.rawValue), .text(one.activity.id), .text(one.activity.hebrew),
            .text(one.activity.english),
        ] + address(one.address) + [.text(one.status.rawValue), .date(one.since)]
    }
}

import Values

/// Somebody who lives in the country with a permit, as the population register keeps her.
struct Foreigner: Sendable {
    let permit: String
    /// With its country: `PH-P6000001A`.
    let passport: String
    let givenName: Name
    let familyName: Name
    let sex: Sex
    let birthDate: CalendarDate
    let permitIssued: CalendarDate
    let passportIssued: CalendarDate
    let entered: CalendarDate
    let localityCode: Int
    /// National Insurance knows most of them.
    let isInsured: Bool
}

/// Names by country, and those with details of their own, from `registers/foreigners.json`.
struct ForeignerLists: Sendable {
    struct Names: Sendable { let female, male, family: [Name] }
    /// In the order of their codes (ISO 3166-1 alpha-2).
    let countries: [(code: String, names: Names)]
    let personas: [Foreigner]

    init(_ json: JSON, _ file: String) throws(RegistersError) {
        countries = (json["countries"]?.object ?? [:]).sorted { $0.key < $1.key }.map { code, lists in
            (code, Names(female: Self.names(lists["female"]), male: Self.names(lists["male"]), family: Self.names(lists["family"])))
        }
        guard !countries.isEmpty, countries.allSatisfy({ !$0.names.female.isEmpty && !$0.names.male.isEmpty && !$0.names.family.isEmpty }) else {
            throw .data(file, "a country without names")
        }
        var personas: [Foreigner] = []
        for item in json["personas"]?.array ?? [] {
            guard let persona = Self.persona(item) else { throw .data(file, "malformed: \(item["permit"]?.string ?? "?")") }
            personas.append(persona)
        }
        self.personas = personas
    }

    private static func names(_ json: JSON?) -> [Name] {
        (json?.array ?? []).compactMap { pair in
            guard let hebrew = pair.array?.first?.string, let latin = pair.array?.last?.string else { return nil }
            return Name(hebrew: hebrew, latin: latin)
        }
    }

    private static func persona(_ json: JSON) -> Foreigner? {
        func text(_ key: String) -> String? { json[key]?.string }
        func date(_ key: String) -> CalendarDate? { text(key).flatMap { CalendarDate($0) } }
        func name(_ key: String) -> Name? { text(key).flatMap { hebrew in text("\(key)Latin").map { Name(hebrew: hebrew, latin: $0) } } }
        guard let permit = text("permit"), PermitNumber.isValid(permit), let country = text("country"), let passport = text("passport"),
            let given = name("givenName"), let family = name("familyName"), let sex = text("sex").flatMap(Sex.init),
            let born = date("birthDate"), let permitIssued = date("permitIssueDate"), let passportIssued = date("passportIssueDate"),
            let entered = date("entryDate"), let code = json["localityCode"]?.int
        else { return nil }
        return Foreigner(
            permit: permit, passport: "\(country)-\(passport)", givenName: given, familyName: family, sex: sex, birthDate: born,
            permitIssued: permitIssued, passportIssued: passportIssued, entered: entered, localityCode: Int(code), isInsured: true)
    }
}

/// Makes foreigners who work or study here. The same seed and day give the same people.
struct ForeignerGenerator {
    let sources: SourceFolder
    let today: CalendarDate
    var random: SeededRandom

    mutating func foreigners(_ count: Int) -> [Foreigner] { (0..<count).map { one($0) } }

    private mutating func one(_ index: Int) -> Foreigner {
        let country = random.pick(sources.foreigners.countries)
        let sex: Sex = random.chance(0.55) ? .female : .male
        let given = random.pick(sex == .female ? country.names.female : country.names.male)
        let family = random.pick(country.names.family)
        let born = today.adding(days: -random.between(19 * 365, 60 * 365))
        let entered = today.adding(days: -random.between(30, 5 * 365))
        let passportIssued = entered.adding(days: -random.between(30, 4 * 365))
        let serial = 7_000_000 + (index * 104_729 + 57) % 1_999_993
        return Foreigner(
            permit: PermitNumber.complete(serial), passport: "\(country.code)-Q\(serial)", givenName: given, familyName: family, sex: sex, birthDate: born,
            permitIssued: entered.adding(days: random.between(1, 20)), passportIssued: passportIssued, entered: entered,
            localityCode: random.pick(sources.localities.places).code, isInsured: random.chance(0.9))
    }
}

/// A residence permit of this demo country: the letter F, seven digits and a check digit (ISO/IEC 7812-1 annex B). No real permit is
/// numbered so.
enum PermitNumber {
    static func complete(_ seven: Int) -> String { "F\(seven)\(checkDigit(of: String(seven)))" }

    static func isValid(_ text: String) -> Bool {
        let digits = text.dropFirst()
        guard text.first == "F", digits.utf8.count == 8, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return checkDigit(of: String(digits.dropLast())) == digits.last?.wholeNumberValue
    }

    private static func checkDigit(of digits: String) -> Int {
        let sum = digits.compactMap(\.wholeNumberValue).reversed().enumerated().reduce(0) { sum, item in
            let product = item.element * (item.offset.isMultiple(of: 2) ? 2 : 1)
            return sum + (product > 9 ? product - 9 : product)
        }
        return (10 - sum % 10) % 10
    }
}

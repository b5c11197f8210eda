import Values

/// A person of the demo with a number and data that never change, from `registers/personas.json`.
struct Persona: Sendable {
    let number: String
    let givenName: Name
    let familyName: Name
    let sex: Sex
    let birthDate: CalendarDate
    let cardIssued: CalendarDate?
    let maritalStatus: MaritalStatus
    let address: Address
    let immigrated: CalendarDate?
    let spouse: String?
    let father: String?
    let mother: String?
    let study: PersonaStudy?
    let business: PersonaBusiness?
    let licence: ProfessionalLicence?

    struct PersonaStudy: Sendable { let institution, programme: String; let year: Int; let isFullTime: Bool }
    struct PersonaBusiness: Sendable {
        let number, name, activity: String; let form: LegalForm; let address: Address; let since: CalendarDate
    }

    static func list(_ json: JSON) throws(RegistersError) -> [Persona] {
        var personas: [Persona] = []
        for item in json["personas"]?.array ?? [] {
            guard let persona = Persona(item) else {
                throw .data("registers/personas.json", "malformed: \(item["nationalNumber"]?.string ?? "?")")
            }
            personas.append(persona)
        }
        return personas
    }

    private init?(_ json: JSON) {
        guard let number = json["nationalNumber"]?.string, NationalNumber.isValid(number), let born = Persona.date(json["birthDate"]),
            let given = Persona.name(json, "givenName"), let family = Persona.name(json, "familyName"),
            let sex = json["sex"]?.string.flatMap(Sex.init), let status = json["maritalStatus"]?.string.flatMap(MaritalStatus.init),
            let address = Persona.address(json)
        else { return nil }
        (self.number, givenName, familyName, self.sex, birthDate) = (number, given, family, sex, born)
        (cardIssued, maritalStatus, self.address) = (Persona.date(json["cardIssueDate"]), status, address)
        immigrated = Persona.date(json["immigrationDate"])
        (spouse, father, mother) = (json["spouse"]?.string, json["father"]?.string, json["mother"]?.string)
        study = json["study"].flatMap(Persona.study)
        business = json["business"].flatMap(Persona.business)
        licence = json["licence"].flatMap { Persona.licence($0, of: number) }
        guard (study == nil) == (json["study"] == nil), (business == nil) == (json["business"] == nil), (licence == nil) == (json["licence"] == nil)
        else { return nil }
    }

    private static func licence(_ json: JSON, of holder: String) -> ProfessionalLicence? {
        guard let profession = json["profession"]?.string, let number = json["number"]?.string, let since = date(json["since"]),
            let until = date(json["until"])
        else { return nil }
        return ProfessionalLicence(holder: holder, profession: profession, number: number, isValid: true, since: since, until: until)
    }

    private static func date(_ json: JSON?) -> CalendarDate? { json?.string.flatMap { CalendarDate($0) } }

    private static func name(_ json: JSON, _ key: String) -> Name? {
        guard let hebrew = json[key]?.string, let latin = json["\(key)Latin"]?.string else { return nil }
        return Name(hebrew: hebrew, latin: latin)
    }

    private static func address(_ json: JSON) -> Address? {
        guard let code = json["localityCode"]?.int, let house = json["house"]?.string, let since = date(json["addressSince"]) else {
            return nil
        }
        return Address(
            localityCode: Int(code), street: name(json, "street"), house: house, apartment: json["apartment"]?.string, since: since)
    }

    private static func study(_ json: JSON) -> PersonaStudy? {
        guard let institution = json["institution"]?.string, let programme = json["programme"]?.string, let year = json["year"]?.int else {
            return nil
        }
        return PersonaStudy(institution: institution, programme: programme, year: Int(year), isFullTime: json["fullTime"]?.bool ?? true)
    }

    private static func business(_ json: JSON) -> PersonaBusiness? {
        guard let number = json["number"]?.string, NationalNumber.isValid(number), let name = json["name"]?.string,
            let activity = json["activity"]?.string, let form = json["legalForm"]?.string.flatMap(LegalForm.init),
            let address = address(json),
            let since = date(json["since"])
        else { return nil }
        return PersonaBusiness(number: number, name: name, activity: activity, form: form, address: address, since: since)
    }
}

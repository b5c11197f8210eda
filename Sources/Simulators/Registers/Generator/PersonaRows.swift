import Values

/// The personas as rows of the registers, like everybody else.
extension Persona {
    /// `from`: how many residents there are before them, since families point at places in the list.
    static func residents(_ personas: [Persona], from start: Int) -> [Resident] {
        let places = Dictionary(personas.enumerated().map { ($1.number, start + $0) }, uniquingKeysWith: { first, _ in first })
        return personas.map { persona in
            Resident(
                number: persona.number, givenName: persona.givenName, familyName: persona.familyName, sex: persona.sex,
                birthDate: persona.birthDate, maritalStatus: persona.maritalStatus, father: persona.father.flatMap { places[$0] },
                mother: persona.mother.flatMap { places[$0] }, spouse: persona.spouse.flatMap { places[$0] }, address: persona.address,
                immigrated: persona.immigrated, cardIssued: persona.cardIssued)
        }
    }

    func enrolment(_ lists: StudyLists, _ year: AcademicYear) -> Study? {
        guard let study, let institution = lists.institutions.first(where: { $0.id == study.institution }),
            let programme = lists.programmes.first(where: { $0.id == study.programme }),
            let since = CalendarDate(year: year.began - study.year + 1, month: 10, day: 1)
        else { return nil }
        return Study(
            number: number, institution: institution, programme: programme, year: study.year, isFullTime: study.isFullTime, isActive: true,
            since: since)
    }

    func firm(_ lists: BusinessLists) -> Business? {
        guard let business, let activity = lists.activities.first(where: { $0.id == business.activity }) else { return nil }
        return Business(
            number: business.number, name: business.name, form: business.form, activity: activity, address: business.address,
            status: .active,
            since: business.since, signatories: [(number: number, role: "owner")])
    }
}

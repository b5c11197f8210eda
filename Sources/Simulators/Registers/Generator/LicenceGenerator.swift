import Values

/// A row of the register of health professions (Ministry of Health).
struct ProfessionalLicence: Sendable {
    let holder: String
    let profession: String
    let number: String
    let isValid: Bool
    let since: CalendarDate
    let until: CalendarDate
}

/// Licenses some of the grown-ups. Numbers begin with the profession's own.
struct LicenceGenerator {
    static let professions: [(id: String, prefix: Int, share: Double)] = [
        ("physician", 1, 0.006), ("nurse", 2, 0.009), ("dentist", 3, 0.002), ("pharmacist", 4, 0.002), ("psychologist", 5, 0.002),
    ]

    let today: CalendarDate
    var random: SeededRandom

    mutating func licences(of people: [Resident]) -> [ProfessionalLicence] {
        var licences: [ProfessionalLicence] = []
        for person in people where (26...75).contains(person.birthDate.age(on: today)) {
            for (index, profession) in Self.professions.enumerated() where random.chance(profession.share) {
                let since = person.birthDate.adding(days: random.between(26 * 365, 30 * 365))
                licences.append(
                    ProfessionalLicence(
                        holder: person.number, profession: profession.id, number: Self.number(profession.prefix, 200_000 + licences.count * 7 + index),
                        isValid: random.chance(0.97), since: min(since, today), until: today.adding(days: random.between(-200, 5 * 365))))
            }
        }
        return licences
    }

    static func number(_ prefix: Int, _ serial: Int) -> String { "\(prefix)-\(serial)" }
}

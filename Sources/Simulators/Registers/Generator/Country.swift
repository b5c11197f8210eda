import Values

/// All registers of the demo country before they are written.
struct Country: Sendable {
    let residents: [Resident]
    let insured: [Insured]
    let studies: [Study]
    let businesses: [Business]
    let foreigners: [Foreigner]
    let licences: [ProfessionalLicence]
    let places: [LocalityList.Place]
    let year: AcademicYear

    /// A row of National Insurance's register: its own address, which is not always the population register's.
    struct Insured: Sendable {
        let number: String
        let birthDate: CalendarDate
        let address: Address
    }

    struct Size: Sendable, Hashable {
        var people: Int
        var businesses: Int
    }

    init(_ size: Size, seed: UInt64, on today: CalendarDate, from sources: SourceFolder) {
        var people = PopulationGenerator.residents(max(0, size.people - sources.personas.count), seed: seed, on: today, from: sources)
        var students = StudyGenerator(sources: sources, today: today, random: SeededRandom(seed: seed ^ 0x5354_5544))
        var openings = BusinessGenerator(sources: sources, today: today, random: SeededRandom(seed: seed ^ 0x4255_5349))
        var boards = LicenceGenerator(today: today, random: SeededRandom(seed: seed ^ 0x4845_414C))
        licences = boards.licences(of: people) + sources.personas.compactMap(\.licence)
        var moves = SeededRandom(seed: seed ^ 0x4144_4452)
        year = AcademicYear(on: today)
        studies = students.studies(of: people) + sources.personas.compactMap { $0.enrolment(sources.studies, AcademicYear(on: today)) }
        businesses = openings.businesses(size.businesses, of: people) + sources.personas.compactMap { $0.firm(sources.businesses) }
        let others = people.filter { $0.birthDate.age(on: today) >= 18 }.map { Country.insured($0, &moves, sources, today) }
        people += Persona.residents(sources.personas, from: people.count)
        insured =
            others
            + sources.personas.filter { $0.birthDate.age(on: today) >= 18 }.map {
                Insured(number: $0.number, birthDate: $0.birthDate, address: $0.address)
            }
        residents = people
        var arrivals = ForeignerGenerator(sources: sources, today: today, random: SeededRandom(seed: seed ^ 0x464F_5245))
        foreigners = arrivals.foreigners(size.people / 50) + sources.foreigners.personas
        places = sources.localities.places
    }

    /// Most people told both registers where they live; some told one of them late, and some have their letters sent elsewhere.
    private static func insured(
        _ resident: Resident, _ random: inout SeededRandom, _ sources: SourceFolder, _ today: CalendarDate
    ) -> Insured {
        var address = resident.address
        address.since = address.since.adding(days: random.between(0, 90))
        if random.chance(0.08) {
            if address.street != nil { address.street = random.pick(sources.streets) }
            (address.house, address.apartment) = ("\(random.between(1, 120))", nil)
            address.since = address.since.adding(days: -random.between(200, 2_000))
        }
        address.since = max(resident.birthDate, min(address.since, today))
        return Insured(number: resident.number, birthDate: resident.birthDate, address: address)
    }
}

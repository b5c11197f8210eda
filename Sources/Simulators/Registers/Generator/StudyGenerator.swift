import Values

/// Enrols some of the people: about 8 % of all, most of them between 20 and 30.
struct StudyGenerator {
    private static let wantedPart = 0.08
    let sources: SourceFolder
    let today: CalendarDate
    var random: SeededRandom

    mutating func studies(of residents: [Resident]) -> [Study] {
        let wishes = residents.map { wish(age: $0.birthDate.age(on: today)) }
        let scale = StudyGenerator.wantedPart * Double(residents.count) / max(1, wishes.reduce(0, +))
        var studies: [Study] = []
        for (resident, wish) in zip(residents, wishes) where wish > 0 && random.chance(min(0.95, wish * scale)) {
            studies.append(study(resident))
        }
        return studies
    }

    private func wish(age: Int) -> Double {
        switch age {
        case 18...19: 0.15
        case 20...21: 0.35
        case 22...26: 0.8
        case 27...32: 0.35
        case 33...45: 0.06
        default: 0
        }
    }

    private mutating func study(_ resident: Resident) -> Study {
        let near = sources.studies.institutions.filter { $0.localityCode == resident.address.localityCode }
        let institution = !near.isEmpty && random.chance(0.6) ? random.pick(near) : random.pick(sources.studies.institutions)
        let programme = random.pick(sources.studies.programmes)
        // Nobody began before 18.
        let years = max(1, min(programme.years, resident.birthDate.age(on: today) - 17))
        let year = random.between(1, years)
        let start = AcademicYear(on: today).began - (year - 1)
        return Study(
            number: resident.number, institution: institution, programme: programme, year: year, isFullTime: random.chance(0.8),
            isActive: random.chance(0.95), since: CalendarDate(year: start, month: 10, day: 1) ?? today)
    }
}

import Values

/// Names, days and places of one person at a time.
extension PopulationGenerator {
    func names(_ community: Community) -> NameLists { sources.names[community.rawValue] }

    mutating func add(_ sex: Sex, _ born: CalendarDate, _ home: Home, _ parents: Couple?, avoiding: Set<String> = []) -> Int {
        let list = names(home.community).givenNames(sex, birthYear: born.year)
        var given = random.pick(list)
        // A few tries: no two children of a family share a name, as far as the list allows.
        for _ in 0..<8 where avoiding.contains(given.hebrew) { given = random.pick(list) }
        var address = home.address
        address.since = max(address.since, born)
        let immigrated = home.arrived.flatMap { $0 > born ? $0 : nil }
        let card = cardDate(born: born, immigrated: immigrated)
        residents.append(
            Resident(
                number: NationalNumber.person(residents.count), givenName: given, familyName: home.familyName, sex: sex, birthDate: born,
                father: parents?.father, mother: parents?.mother, address: address, immigrated: immigrated, cardIssued: card))
        return residents.count - 1
    }

    mutating func day(yearsAgo years: Int) -> CalendarDate { today.adding(days: -(years * 1461 / 4) - random.below(365)) }

    /// Cards are valid for ten years, so that nobody's is older; the first is given at 16 or soon after coming to the country.
    mutating func cardDate(born: CalendarDate, immigrated: CalendarDate?) -> CalendarDate? {
        let first = max(born.adding(days: 16 * 1461 / 4 + 1), immigrated?.adding(days: 10) ?? born)
        guard first < today else { return nil }
        let from = max(first, today.adding(days: -3_640))
        return min(today, workday(from.adding(days: random.below(Int(today.daysSince1970 - from.daysSince1970)))))
    }

    /// Offices are closed on Friday and Saturday.
    func workday(_ date: CalendarDate) -> CalendarDate { date.weekday < 5 ? date : date.adding(days: 3 - (date.weekday - 4)) }

    mutating func arrival(_ community: Community) -> CalendarDate? {
        switch community {
        case .hebrew, .arabic: nil
        case .ethiopian: today.adding(days: -random.between(12 * 365, 42 * 365))
        case .russian, .french: today.adding(days: -random.between(60, 36 * 365))
        }
    }

    mutating func moved(from home: Home, notBefore: CalendarDate) -> Address {
        var new = address(home.community)
        if random.chance(FamilyLaw.staysInTown), let place = sources.localities.place(home.address.localityCode) {
            new = address(in: place)
        }
        let span = Int(today.daysSince1970 - notBefore.daysSince1970)
        new.since = notBefore.adding(days: random.below(max(1, span)))
        return new
    }

    mutating func address(_ community: Community) -> Address { address(in: sources.localities.draw(community, &random)) }

    mutating func address(in place: LocalityList.Place) -> Address {
        let since = today.adding(days: -random.between(30, 9_000))
        guard place.population >= FamilyLaw.populationWithStreets else {
            return Address(localityCode: place.code, street: nil, house: "\(random.between(1, 300))", apartment: nil, since: since)
        }
        let isTower = random.chance(place.population > 20_000 ? 0.75 : 0.3)
        return Address(
            localityCode: place.code, street: random.pick(sources.streets), house: "\(random.between(1, 120))",
            apartment: isTower ? "\(random.between(1, 24))" : nil, since: since)
    }
}

import Values

/// Makes a people: founding couples, their children, the children's spouses, and so on to the day. The same seed, day and sources give
/// the same people.
struct PopulationGenerator {
    let sources: SourceFolder
    let today: CalendarDate
    var random: SeededRandom
    var residents: [Resident] = []
    private let communities: WeightedIndex
    private let childCounts: [Community: WeightedIndex]

    /// Stops with the first whole family that reaches `count`.
    static func residents(_ count: Int, seed: UInt64, on today: CalendarDate, from sources: SourceFolder) -> [Resident] {
        var generator = PopulationGenerator(sources, today, seed)
        generator.residents.reserveCapacity(count + 200)
        while generator.residents.count < count { generator.found() }
        return generator.residents
    }

    private init(_ sources: SourceFolder, _ today: CalendarDate, _ seed: UInt64) {
        (self.sources, self.today, random) = (sources, today, SeededRandom(seed: seed))
        communities = WeightedIndex(FamilyLaw.communities.map(\.1))
        childCounts = Dictionary(uniqueKeysWithValues: Community.allCases.map { ($0, WeightedIndex(FamilyLaw.children($0))) })
    }

    /// What a household passes on.
    struct Home {
        var community: Community
        var address: Address
        /// The day the family came to the country, when it did.
        var arrived: CalendarDate?
        var familyName: Name
    }

    /// Parents, living or not: children need their dates and names.
    struct Couple {
        var father: Int?
        var mother: Int?
        var motherBorn: CalendarDate
        var married: CalendarDate
        var home: Home
    }

    private mutating func found() {
        let community = FamilyLaw.communities[communities.draw(&random)].0
        // The square of a fraction: more founders of 62 than of 97.
        let skew = random.fraction()
        let ageYears = 62 + Int(skew * skew * 35)
        let husbandBorn = day(yearsAgo: ageYears)
        let wifeBorn = husbandBorn.adding(days: random.between(-365, 5 * 365))
        let arrived = arrival(community)
        let home = Home(
            community: community, address: address(community), arrived: arrived, familyName: random.pick(names(community).family))
        let husband = random.chance(FamilyLaw.hasDied(age: ageYears)) ? nil : add(.male, husbandBorn, home, nil)
        let wife = random.chance(FamilyLaw.hasDied(age: wifeBorn.age(on: today)) * 0.75) ? nil : add(.female, wifeBorn, home, nil)
        marry(husband, wife)
        let married = wifeBorn.adding(days: random.between(20 * 365, 27 * 365))
        raise(Couple(father: husband, mother: wife, motherBorn: wifeBorn, married: married, home: home))
    }

    /// Marital status follows from who is left.
    private mutating func marry(_ husband: Int?, _ wife: Int?) {
        for (one, other) in [(husband, wife), (wife, husband)] {
            guard let one else { continue }
            residents[one].spouse = other
            residents[one].maritalStatus = other == nil ? .widowed : .married
        }
    }

    private mutating func raise(_ couple: Couple) {
        let count = childCounts[couple.home.community]?.draw(&random) ?? 0
        var given: Set<String> = []
        var born = couple.married.adding(days: random.between(300, 1_200))
        for _ in 0..<count {
            let motherAge = couple.motherBorn.age(on: born)
            guard born < today, motherAge <= FamilyLaw.motherAgeOldest else { return }
            if motherAge >= FamilyLaw.motherAgeYoungest { child(of: couple, born: born, &given) }
            born = born.adding(days: random.between(420, 1_500))
        }
    }

    private mutating func child(of couple: Couple, born: CalendarDate, _ given: inout Set<String>) {
        let sex: Sex = random.chance(0.487) ? .female : .male
        let age = born.age(on: today)
        guard !random.chance(FamilyLaw.hasDied(age: age)) else { return }
        let index = add(sex, born, couple.home, couple, avoiding: given)
        given.insert(residents[index].givenName.hebrew)
        guard age >= 18 else { return }
        if random.chance(FamilyLaw.hasMarried(age: age, couple.home.community)) {
            wed(index, couple.home)
        } else if !random.chance(age < 25 ? FamilyLaw.livesAtHomeUnder25 : FamilyLaw.livesAtHomeLater) {
            residents[index].address = moved(from: couple.home, notBefore: born.adding(days: 18 * 365 + 5))
        }
    }

    /// Gives a grown child a spouse, a home and children.
    private mutating func wed(_ index: Int, _ parents: Home) {
        let own = residents[index]
        let bornApart = random.between(-1_300, 1_300) + (own.sex == .female ? -500 : 500)
        let spouseBorn = min(own.birthDate.adding(days: bornApart), today.adding(days: -19 * 365))
        let wifeBorn = own.sex == .female ? own.birthDate : spouseBorn
        let weddingDay = max(own.birthDate, spouseBorn).adding(days: random.between(19 * 365, 31 * 365))
        let married = min(weddingDay, today.adding(days: -random.between(10, 400)))
        var home = parents
        home.address = moved(from: parents, notBefore: married)
        let spouseHome = Home(
            community: parents.community, address: home.address, arrived: arrival(parents.community),
            familyName: random.pick(names(parents.community).family))
        if own.sex == .female { home.familyName = spouseHome.familyName }
        let spouse =
            random.chance(FamilyLaw.hasDied(age: spouseBorn.age(on: today)))
            ? nil : add(own.sex == .female ? .male : .female, spouseBorn, spouseHome, nil)
        residents[index].address = home.address
        let (husband, wife): (Int?, Int?) = own.sex == .male ? (index, spouse) : (spouse, index)
        for one in [husband, wife].compactMap(\.self) { residents[one].familyName = home.familyName }
        marry(husband, wife)
        if spouse != nil, random.chance(FamilyLaw.divorced) { part(husband, wife, &home) }
        raise(Couple(father: husband, mother: wife, motherBorn: wifeBorn, married: married, home: home))
    }

    /// A divorce: two addresses, and the children stay mostly with the mother.
    private mutating func part(_ husband: Int?, _ wife: Int?, _ home: inout Home) {
        guard let husband, let wife else { return }
        for one in [husband, wife] { (residents[one].maritalStatus, residents[one].spouse) = (.divorced, nil) }
        let leaver = random.chance(0.8) ? husband : wife
        residents[leaver].address = moved(from: home, notBefore: home.address.since)
    }
}

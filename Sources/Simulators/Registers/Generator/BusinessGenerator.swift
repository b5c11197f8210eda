import Values

/// Opens businesses for some of the grown people.
struct BusinessGenerator {
    let sources: SourceFolder
    let today: CalendarDate
    var random: SeededRandom

    mutating func businesses(_ count: Int, of residents: [Resident]) -> [Business] {
        let owners = residents.filter { (23...75).contains($0.birthDate.age(on: today)) }
        guard !owners.isEmpty else { return [] }
        return (0..<count).map { business($0, owners) }
    }

    private mutating func business(_ index: Int, _ owners: [Resident]) -> Business {
        let owner = random.pick(owners)
        let activity = random.pick(sources.businesses.activities)
        let form: LegalForm = random.chance(0.5) ? .soleTrader : random.chance(0.85) ? .company : .partnership
        let partner = random.pick(owners)
        var signatories = [(number: owner.number, role: "owner")]
        if form != .soleTrader, partner.number != owner.number, form == .partnership || random.chance(0.3) {
            signatories.append((number: partner.number, role: form == .partnership ? "partner" : "signatory"))
        }
        let grown = owner.birthDate.adding(days: 21 * 1461 / 4)
        let since = grown.adding(days: random.below(Int(today.daysSince1970 - grown.daysSince1970)))
        let luck = random.fraction()
        var address = owner.address
        if random.chance(0.8) {
            address = Address(
                localityCode: address.localityCode, street: address.street == nil ? nil : random.pick(sources.streets),
                house: "\(random.between(1, 120))", apartment: nil, since: since)
        }
        return Business(
            number: NationalNumber.business(index), name: name(activity, owner, partner, form), form: form, activity: activity,
            address: address, status: luck < 0.9 ? .active : luck < 0.93 ? .dissolving : .closed, since: since, signatories: signatories)
    }

    private mutating func name(_ activity: BusinessLists.Activity, _ owner: Resident, _ partner: Resident, _ form: LegalForm) -> String {
        let values = [
            "{word}": random.pick(sources.businesses.words), "{family}": owner.familyName.hebrew, "{given}": owner.givenName.hebrew,
            "{family2}": partner.familyName.hebrew,
        ]
        var name = random.pick(activity.names)
        for (place, value) in values { name = name.replacing(place, with: value) }
        return form == .company ? name + " בע\"מ" : name
    }
}

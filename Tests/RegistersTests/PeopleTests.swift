@testable import Registers
import Testing
import Values

@Suite struct PeopleTests {
    private let country: Country
    private let today: CalendarDate

    init() throws {
        country = try TestCountry.make()
        today = try #require(CalendarDate(year: 2026, month: 10, day: 1))
    }

    @Test func sameSeedSamePeople() throws {
        let again = try TestCountry.make()
        let other = try TestCountry.make(seed: 2026)
        func lines(_ country: Country) -> [String] {
            country.residents.map { "\($0)" } + country.studies.map { "\($0)" } + country.businesses.map { "\($0)" }
                + country.insured.map { "\($0)" }
        }
        #expect(lines(country) == lines(again))
        #expect(lines(country) != lines(other))
    }

    @Test func numbersAreValidAndUnique() {
        let numbers = country.residents.map(\.number)
        #expect(numbers.count >= 2_000)
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy(NationalNumber.isValid))
        #expect(country.businesses.map(\.number).allSatisfy(NationalNumber.isValid))
    }

    @Test func familiesArePlausible() {
        let people = country.residents
        for (index, one) in people.enumerated() {
            let age = one.birthDate.age(on: today)
            #expect((0...105).contains(age))
            if let mother = one.mother {
                #expect((18...45).contains(people[mother].birthDate.age(on: one.birthDate)))
                #expect(people[mother].sex == .female)
            }
            if let father = one.father {
                #expect((14...75).contains(people[father].birthDate.age(on: one.birthDate)))
                #expect(people[father].sex == .male)
            }
            if let spouse = one.spouse {
                #expect(people[spouse].spouse == index)
                #expect(people[spouse].sex != one.sex)
                #expect(people[spouse].familyName == one.familyName)
                #expect(one.maritalStatus == .married && age >= 18)
            }
            if age < 18 { #expect(one.maritalStatus == .single) }
            #expect(one.address.since >= one.birthDate && one.address.since <= today)
        }
    }

    @Test func brothersAndSistersHaveTheirOwnNames() {
        let families = Dictionary(grouping: country.residents.filter { $0.mother != nil && $0.father != nil }) {
            "\($0.mother ?? 0) \($0.father ?? 0)"
        }
        let repeated = families.values.filter { Set($0.map(\.givenName)).count < $0.count }
        #expect(families.count > 200)
        #expect(repeated.isEmpty)
    }

    @Test func cardsAreGivenFromSixteen() {
        for one in country.residents {
            let age = one.birthDate.age(on: today)
            if age < 16 { #expect(one.cardIssued == nil) }
            if age > 16 { #expect(one.cardIssued != nil) }
            guard let card = one.cardIssued else { continue }
            #expect(one.birthDate.age(on: card) >= 16 && card <= today)
            if let immigrated = one.immigrated { #expect(card > immigrated && immigrated > one.birthDate) }
        }
    }

    @Test func theWholeLooksLikeACountry() throws {
        let large = try TestCountry.make(20_000, businesses: 2_000)
        let ages = large.residents.map { $0.birthDate.age(on: today) }.sorted()
        #expect((24...36).contains(ages[ages.count / 2]), "median age \(ages[ages.count / 2])")
        func part(_ wanted: (Int) -> Bool) -> Double { Double(ages.filter(wanted).count) / Double(ages.count) }
        #expect((0.22...0.36).contains(part { $0 < 15 }), "under 15: \(part { $0 < 15 })")
        #expect((0.07...0.17).contains(part { $0 >= 65 }), "from 65: \(part { $0 >= 65 })")
        let sources = try SourceFolder(Project.data)
        let arabic = Set(sources.names[Community.arabic.rawValue].family)
        let hebrew = Set(sources.names[Community.hebrew.rawValue].family)
        func named(_ names: Set<Name>) -> Double {
            Double(large.residents.filter { names.contains($0.familyName) }.count) / Double(large.residents.count)
        }
        #expect((0.15...0.25).contains(named(arabic)), "Arabic names: \(named(arabic))")
        #expect((0.68...0.82).contains(named(hebrew)), "Hebrew names: \(named(hebrew))")
        let students = Double(large.studies.count) / Double(large.residents.count)
        #expect((0.07...0.09).contains(students), "students: \(students)")
        let codes = Set(large.places.map(\.code))
        #expect(large.residents.allSatisfy { codes.contains($0.address.localityCode) })
        let jerusalem = Double(large.residents.filter { $0.address.localityCode == 3000 }.count) / Double(large.residents.count)
        #expect((0.07...0.14).contains(jerusalem), "Jerusalem: \(jerusalem)")
        #expect(large.businesses.count >= 2_000 && large.businesses.allSatisfy { !$0.name.contains("{") && !$0.signatories.isEmpty })
    }

    @Test func personasAreThere() throws {
        let numbers = ["600000012", "600000020", "600000038", "600000046", "600000053", "600000061", "600000079"]
        let people = Dictionary(uniqueKeysWithValues: country.residents.map { ($0.number, $0) })
        for number in numbers { #expect(people[number]?.cardIssued != nil) }
        let study = try #require(country.studies.first { $0.number == "600000012" })
        #expect(study.institution.id == "technion" && study.year == 2 && study.isFullTime && study.isActive)
        #expect(people["600000012"]?.address.localityCode == 4000)
        let cafe = try #require(country.businesses.first { $0.number == "680000015" })
        #expect(cafe.activity.id == "cafe" && cafe.signatories.map(\.number) == ["600000038"])
        #expect(country.insured.first { $0.number == "600000012" }?.address == people["600000012"]?.address)
    }
}

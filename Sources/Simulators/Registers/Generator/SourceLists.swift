import Foundation
import Values

/// Names of one community, by sex and generation.
struct NameLists: Sendable {
    let given: [Sex: (older: [Name], younger: [Name])]
    let family: [Name]

    func givenNames(_ sex: Sex, birthYear: Int) -> [Name] {
        guard let lists = given[sex] else { return [] }
        return birthYear < 1975 ? lists.older : lists.younger
    }

    init(_ json: JSON, _ file: String) throws(RegistersError) {
        func names(_ value: JSON?) throws(RegistersError) -> [Name] {
            let names = (value?.array ?? []).compactMap { pair -> Name? in
                guard let hebrew = pair[0]?.string, let latin = pair[1]?.string else { return nil }
                return Name(hebrew: hebrew, latin: latin)
            }
            guard !names.isEmpty, names.count == value?.array?.count else { throw .data(file, "a list of names is empty or malformed") }
            return names
        }
        family = try names(json["family"])
        var given: [Sex: (older: [Name], younger: [Name])] = [:]
        for sex in [Sex.female, .male] {
            given[sex] = (older: try names(json[sex.rawValue]?["older"]), younger: try names(json[sex.rawValue]?["younger"]))
        }
        self.given = given
    }
}

struct StudyLists: Sendable {
    struct Institution: Sendable { let id, hebrew, english: String; let localityCode: Int }
    struct Programme: Sendable { let id, hebrew, english, degree: String; let years: Int }
    let institutions: [Institution]
    let programmes: [Programme]

    init(_ json: JSON, _ file: String) throws(RegistersError) {
        institutions = (json["institutions"]?.array ?? []).compactMap { item in
            guard let id = item["id"]?.string, let hebrew = item["he"]?.string, let english = item["en"]?.string,
                let code = item["localityCode"]?.int
            else { return nil }
            return Institution(id: id, hebrew: hebrew, english: english, localityCode: Int(code))
        }
        programmes = (json["programmes"]?.array ?? []).compactMap { item in
            guard let id = item["id"]?.string, let hebrew = item["he"]?.string, let english = item["en"]?.string,
                let degree = item["degree"]?.string, let years = item["years"]?.int
            else { return nil }
            return Programme(id: id, hebrew: hebrew, english: english, degree: degree, years: Int(years))
        }
        guard !institutions.isEmpty, !programmes.isEmpty else { throw .data(file, "no institutions or programmes") }
    }
}

struct BusinessLists: Sendable {
    struct Activity: Sendable { let id, hebrew, english: String; let names: [String] }
    let activities: [Activity]
    let words: [String]

    init(_ json: JSON, _ file: String) throws(RegistersError) {
        activities = (json["activities"]?.array ?? []).compactMap { item in
            guard let id = item["id"]?.string, let hebrew = item["he"]?.string, let english = item["en"]?.string,
                let names = item["names"]?.array
            else { return nil }
            return Activity(id: id, hebrew: hebrew, english: english, names: names.compactMap(\.string))
        }
        words = (json["words"]?.array ?? []).compactMap(\.string)
        guard !activities.isEmpty, !words.isEmpty, activities.allSatisfy({ !$0.names.isEmpty }) else {
            throw .data(file, "no activities or words")
        }
    }
}

import Contracts
import Language
import Values

/// What a body wants to have, of whom, why and by what law: an agreement without its id, version and days.
struct TransferTerms: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        let pointer: String
        let need: String
        let law: String
    }

    var operations: [String] = []
    var fields: [Field] = []
    /// Purpose code, such as `arnona-discount`.
    var purpose: String = ""
    /// The purpose in words.
    var reason: String = ""
    var law: String = ""
    /// Whose data it is about, in words.
    var population: String = ""
    var bases: [String] = []
    var actors: [String] = []
    var ratePerMinute: Int = 60
    var retentionDays: Int = 365
    var years: Int = 2
    /// When people see the looks: `now`, `delayed`, `count-only` or `hidden`.
    var visibility: String = "now"
    /// Of `delayed`.
    var visibilityDays: Int = 0
    /// Of `hidden`: the provision of law, and the last day.
    var visibilityLaw: String = ""
    var visibilityUntil: String = ""

    static let allVisibilities = ["now", "delayed", "count-only", "hidden"]
    static let allBases = ["request", "law", "consent"]
    static let allActors = ["person", "officer", "system"]

    /// What is missing before it can be handed in, as the ids of its texts; `fields` wait for a class when one of them has none.
    ///
    /// - Parameter today: looks may be hidden from now on for less than five years.
    func faults(_ known: [ExchangeOperation], on today: CalendarDate) -> [String] {
        let offered = known.filter { operations.contains($0.id) }
        let classes = Dictionary(offered.flatMap(\.fields).map { ($0.pointer, $0.fieldClass) }) { $0 ?? $1 }
        var faults: [String] = []
        if operations.isEmpty || offered.count != operations.count || Set(offered.map(\.ownerID)).count != 1 { faults.append("operations") }
        if fields.isEmpty || !fields.allSatisfy({ classes.keys.contains($0.pointer) }) { faults.append("fields") }
        if fields.contains(where: { $0.need.isEmpty }) { faults.append("need") }
        if fields.contains(where: { classes[$0.pointer] == .some(nil) }) { faults.append("class") }
        if !TransferTerms.isCode(purpose) { faults.append("purpose") }
        if reason.count < 10 { faults.append("reason") }
        if law.isEmpty { faults.append("law") }
        if population.isEmpty { faults.append("population") }
        if bases.isEmpty { faults.append("bases") }
        if actors.isEmpty { faults.append("actors") }
        if !(1...100_000).contains(ratePerMinute) { faults.append("rate") }
        if !(0...3_650).contains(retentionDays) { faults.append("retention") }
        if !(1...5).contains(years) { faults.append("years") }
        if !isVisibilityWhole(on: today) { faults.append("visibility") }
        return faults
    }

    /// Nothing is hidden without a law and a day on which that ends. The agreement begins some weeks after it was asked for: its own limit,
    /// five years from then, is a little further off than this one.
    private func isVisibilityWhole(on today: CalendarDate) -> Bool {
        switch visibility {
        case "now", "count-only": return true
        case "delayed": return (1...365).contains(visibilityDays)
        case "hidden":
            // Opinions take their time: a day that has passed when both sign would make the agreement void.
            guard let until = CalendarDate(visibilityUntil) else { return false }
            return !visibilityLaw.isEmpty && until >= today.adding(days: 90) && until <= today.adding(days: 5 * 365)
        default: return false
        }
    }

    /// Small letters, digits and hyphens, as purposes stand in messages.
    static func isCode(_ text: String) -> Bool {
        (3...60).contains(text.utf8.count) && text.utf8.first.map { (0x61...0x7A).contains($0) } == true
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// The agreement's content.
    func agreement(id: String, version: Int, consumerID: String, providerID: String, from: CalendarDate) -> JSON {
        var content: JSON = [
            "id": .string(id), "version": .int(Int64(version)), "consumer": .string(consumerID), "provider": .string(providerID),
            "operations": .strings(operations.sorted()),
            "fields": .array(
                fields.map { field in
                    [
                        "pointer": .string(field.pointer), "label": .string(TransferTerms.label(field.pointer)), "need": ["he": .string(field.need)],
                        "law": .string(field.law.isEmpty ? law : field.law),
                    ]
                }),
            "purposes": [.string(purpose)], "law": .string(law), "population": ["he": .string(population)], "bases": .strings(bases),
            "actors": .strings(actors), "assurance": ["credential": 2, "proof": 2], "ratePerMinute": .int(Int64(ratePerMinute)),
            "retentionDays": .int(Int64(retentionDays)), "visibility": .string(visibility), "validFrom": .string("\(from)"),
            "validUntil": .string("\(from.adding(days: years * 365 + (years / 4)))"),
        ]
        if visibility == "delayed" { content["visibilityDays"] = .int(Int64(visibilityDays)) }
        if visibility == "hidden" { (content["visibilityLaw"], content["visibilityUntil"]) = (.string(visibilityLaw), .string(visibilityUntil)) }
        return content
    }

    /// What the person reads in the list of looks: the field's own name, or that of the object in which it stands.
    static func label(_ pointer: String) -> String {
        let tokens = (JSONPointer(pointer)?.tokens ?? []).filter { $0 != "*" }
        return (tokens.count > 1 && ["address", "children", "spouse", "parents"].contains(tokens[0]) ? tokens[0] : tokens.last) ?? "other"
    }
}

extension TransferTerms {
    var json: JSON {
        [
            "operations": .strings(operations), "purpose": .string(purpose), "reason": .string(reason), "law": .string(law),
            "fields": .array(fields.map { ["pointer": .string($0.pointer), "need": .string($0.need), "law": .string($0.law)] }),
            "population": .string(population), "bases": .strings(bases), "actors": .strings(actors), "rate": .int(Int64(ratePerMinute)),
            "retention": .int(Int64(retentionDays)), "years": .int(Int64(years)), "visibility": .string(visibility),
            "visibilityDays": .int(Int64(visibilityDays)), "visibilityLaw": .string(visibilityLaw), "visibilityUntil": .string(visibilityUntil),
        ]
    }

    init(json: JSON) {
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        (operations, bases, actors) = (texts("operations"), texts("bases"), texts("actors"))
        (purpose, reason, law) = (json["purpose"]?.string ?? "", json["reason"]?.string ?? "", json["law"]?.string ?? "")
        population = json["population"]?.string ?? ""
        fields = (json["fields"]?.array ?? []).map {
            Field(pointer: $0["pointer"]?.string ?? "", need: $0["need"]?.string ?? "", law: $0["law"]?.string ?? "")
        }
        ratePerMinute = Int(json["rate"]?.int ?? 60)
        retentionDays = Int(json["retention"]?.int ?? 365)
        years = Int(json["years"]?.int ?? 2)
        readVisibility(json)
    }

    private mutating func readVisibility(_ json: JSON) {
        (visibility, visibilityDays) = (json["visibility"]?.string ?? "now", Int(json["visibilityDays"]?.int ?? 0))
        (visibilityLaw, visibilityUntil) = (json["visibilityLaw"]?.string ?? "", json["visibilityUntil"]?.string ?? "")
    }

    /// What an agreement says, as the beginning of a request: to renew it, or to ask for the like.
    init(agreement content: JSON) {
        func texts(_ name: String) -> [String] { (content[name]?.array ?? []).compactMap(\.string) }
        func words(_ json: JSON?) -> String { json?["he"]?.string ?? json?["en"]?.string ?? "" }
        operations = texts("operations")
        purpose = texts("purposes").first ?? ""
        law = content["law"]?.string ?? ""
        population = words(content["population"])
        bases = texts("bases").filter(TransferTerms.allBases.contains)
        actors = texts("actors").filter(TransferTerms.allActors.contains)
        fields = (content["fields"]?.array ?? []).map {
            Field(pointer: $0["pointer"]?.string ?? "", need: words($0["need"]), law: $0["law"]?.string ?? "")
        }
        ratePerMinute = Int(content["ratePerMinute"]?.int ?? 60)
        retentionDays = Int(content["retentionDays"]?.int ?? 365)
        readVisibility(content)
    }
}

import Contracts
import Language
import Values

/// Finds a locality by what a person types: its name in any language, or its code.
struct PlaceIndex: Sendable {
    private var byName: [String: Int] = [:]
    private var names: [(key: String, code: Int)] = []
    private var places: [Int: Locality] = [:]

    init(_ localities: [Locality]) {
        var beginnings: [String: Set<Int>] = [:]
        for place in localities {
            places[place.code] = place
            for language in place.name.languages {
                let key = PlaceIndex.key(place.name.text(in: language))
                // Where two places share a name, the larger is meant.
                if let other = byName[key].flatMap({ places[$0] }), other.population >= place.population { continue }
                byName[key] = place.code
                if let short = PlaceIndex.beginning(place.name.text(in: language)) { beginnings[short, default: []].insert(place.code) }
            }
        }
        // Nobody types the second half of a double name: "Tel Aviv" is Tel Aviv-Yafo, as long as it can be nothing else.
        for (key, codes) in beginnings where byName[key] == nil && codes.count == 1 { byName[key] = codes.first }
        names = byName.map { (key: $0.key, code: $0.value) }.sorted { $0.key < $1.key }
    }

    func find(_ text: String) -> Locality? {
        if let code = TypedDigits.only(text).flatMap({ Int($0) }), let place = places[code] { return place }
        return byName[PlaceIndex.key(text)].flatMap { places[$0] }
    }

    func place(_ code: Int) -> Locality? { places[code] }

    /// Up to five places whose name begins with or contains the text, the larger first.
    func suggestions(_ text: String) -> [Locality] {
        let key = PlaceIndex.key(text)
        guard key.count >= 2 else { return [] }
        let codes = Set(names.filter { $0.key.hasPrefix(key) || ($0.key.count >= 3 && $0.key.contains(key)) }.map(\.code))
        return Array(codes.compactMap { places[$0] }.sorted { ($0.population, $1.code) > ($1.population, $0.code) }.prefix(5))
    }

    /// The key of what stands before the first hyphen of a double name.
    private static func beginning(_ name: String) -> String? {
        guard let hyphen = name.firstIndex(where: { "-–־".contains($0) }) else { return nil }
        let short = key(String(name[..<hyphen]))
        return short.count >= 4 ? short : nil
    }

    /// Letters and digits only, in small letters, with hyphens and apostrophes as nothing and `יי` as `י`.
    static func key(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in TypedDigits.western(text).lowercased().unicodeScalars
        where scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber {
            if scalar == "י", result.last == "י" { continue }
            result.append(scalar)
        }
        return String(result)
    }
}

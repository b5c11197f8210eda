import Contracts
import Language
import Values

/// Widgets with several inputs. Their values have the shape the registers use, so that an answer fetched and one typed are alike.
extension FormField {
    /// The place that was typed; where there is none, which names are near it.
    func locality(_ typed: String, _ places: PlaceIndex, part: String?) -> (place: Locality?, decoded: Decoded) {
        if let place = places.find(typed) { return (place, .value(.int(Int64(place.code)))) }
        let near = places.suggestions(typed).map { place in
            let names = [place.name[.he], place.name[.en]].compactMap(\.self)
            return names.joined(separator: " ")
        }
        if near.isEmpty { return (nil, .fault("locality", part: part)) }
        return (nil, .fault("locality-near", part: part, arguments: ["near": near.joined(separator: " · ")]))
    }

    /// `{"localityCode": 4000, "locality": "חיפה", "street": "הרצל", "house": "12", "apartment": "3"}`
    func address(_ posted: Posted, _ places: PlaceIndex) -> Decoded {
        let town = posted.text("\(name).locality")
        let street = posted.text("\(name).street")
        let house = posted.text("\(name).house")
        let apartment = posted.text("\(name).apartment")
        if town.isEmpty, street.isEmpty, house.isEmpty, apartment.isEmpty { return .absent }
        guard !town.isEmpty else { return .fault("locality-missing", part: "locality") }
        let found = locality(town, places, part: "locality")
        guard let place = found.place else { return found.decoded }
        for (part, text, limit) in [("street", street, 100), ("house", house, 10), ("apartment", apartment, 10)] where text.unicodeScalars.count > limit {
            return .fault("too-long", part: part, arguments: ["limit": "\(limit)"])
        }
        guard !house.isEmpty else { return .fault("house-missing", part: "house") }
        var value: JSON = ["localityCode": .int(Int64(place.code)), "locality": .string(place.name.text(in: .he)), "house": .string(house)]
        // Small villages have no names of streets.
        if !street.isEmpty { value["street"] = .string(street) }
        if !apartment.isEmpty { value["apartment"] = .string(apartment) }
        return .value(value)
    }

    /// `{"givenName", "familyName", "nationalNumber"}`
    func person(_ posted: Posted) -> Decoded {
        let parts = ["givenName", "familyName", "nationalNumber"].map { posted.text("\(name).\($0)") }
        if parts.allSatisfy(\.isEmpty) { return .absent }
        for (part, text) in zip(["givenName", "familyName"], parts) {
            if text.isEmpty { return .fault("name-missing", part: part) }
            if text.unicodeScalars.count > 80 { return .fault("too-long", part: part, arguments: ["limit": "80"]) }
        }
        guard let number = NationalNumber.read(parts[2]) else { return .fault("national-number", part: "nationalNumber") }
        return .value(["givenName": .string(parts[0]), "familyName": .string(parts[1]), "nationalNumber": .string(number)])
    }

    /// `{"number", "name"}`
    func business(_ posted: Posted) -> Decoded {
        let number = posted.text("\(name).number")
        let title = posted.text("\(name).name")
        if number.isEmpty, title.isEmpty { return .absent }
        guard let digits = NationalNumber.read(number) else { return .fault("business-number", part: "number") }
        guard !title.isEmpty else { return .fault("name-missing", part: "name") }
        guard title.unicodeScalars.count <= 200 else { return .fault("too-long", part: "name", arguments: ["limit": "200"]) }
        return .value(["number": .string(digits), "name": .string(title)])
    }
}

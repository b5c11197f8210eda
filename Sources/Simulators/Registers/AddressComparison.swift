import Values

/// Compares an address as a person writes it with the one a register holds.
enum AddressComparison {
    static func agrees(_ given: JSON, with held: JSON) -> Bool {
        if let date = given["birthDate"]?.string, date != held["birthDate"]?.string { return false }
        let address = held["address"]
        if let code = given["localityCode"]?.string, Int64(code) != address?["localityCode"]?.int { return false }
        if let street = given["street"]?.string {
            let names = [address?["street"]?.string, address?["streetLatin"]?.string].compactMap(\.self).map(plain)
            guard names.contains(plain(street)) else { return false }
        }
        if let house = given["house"]?.string, plain(house) != plain(address?["house"]?.string ?? "") { return false }
        return true
    }

    /// Without the word for street, without quotes of any kind, hyphens as spaces, in lower case.
    static func plain(_ text: String) -> String {
        let quotes: Set<Character> = ["\"", "'", "׳", "״", "’", "”", "`"]
        let dashes: Set<Character> = ["-", "־", "–"]
        let words = String(text.lowercased().compactMap { quotes.contains($0) ? nil : dashes.contains($0) ? " " : $0 })
            .split(whereSeparator: \.isWhitespace)
        let bare = words.count > 1 && ["רחוב", "רח", "street"].contains(words[0]) ? words.dropFirst() : words[...]
        return bare.joined(separator: " ")
    }
}

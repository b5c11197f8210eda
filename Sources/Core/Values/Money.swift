/// An amount in minor units (agorot for ILS) with its ISO 4217 currency. Never a floating number.
public struct Money: Sendable, Hashable {
    public let minorUnits: Int64
    public let currency: String

    public init(minorUnits: Int64, currency: String = "ILS") {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// `374.00`: the amount with two decimals and no sign of currency.
    public var decimal: String {
        let cents = abs(minorUnits % 100)
        return "\(minorUnits < 0 ? "-" : "")\(abs(minorUnits / 100)).\(cents < 10 ? "0" : "")\(cents)"
    }
}

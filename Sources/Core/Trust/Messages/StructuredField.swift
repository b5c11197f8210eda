internal import Values

/// Structured Fields for HTTP (RFC 8941): the values in which signatures and digests are written.
enum StructuredField {
    enum BareItem: Sendable, Hashable {
        case integer(Int64)
        /// In thousandths: a decimal has at most three digits after the point.
        case decimal(thousandths: Int64)
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)
    }

    /// In order, each key once.
    struct Parameters: Sendable, Hashable {
        struct Entry: Sendable, Hashable {
            let key: String
            var value: BareItem
        }

        var entries: [Entry] = []

        subscript(key: String) -> BareItem? {
            get { entries.first { $0.key == key }?.value }
            set {
                let place = entries.firstIndex { $0.key == key }
                switch (newValue, place) {
                case (let value?, let place?): entries[place].value = value
                case (let value?, nil): entries.append(Entry(key: key, value: value))
                case (nil, let place?): entries.remove(at: place)
                case (nil, nil): break
                }
            }
        }
    }

    struct Item: Sendable, Hashable {
        var value: BareItem
        var parameters = Parameters()
    }

    struct InnerList: Sendable, Hashable {
        var items: [Item]
        var parameters = Parameters()
    }

    enum Member: Sendable, Hashable {
        case item(Item)
        case innerList(InnerList)
    }

    /// In order, each key once; a repeated key keeps its first place and takes the last value (section 4.2.2).
    struct Dictionary: Sendable, Hashable {
        struct Entry: Sendable, Hashable {
            let key: String
            var member: Member
        }

        var entries: [Entry] = []

        subscript(key: String) -> Member? {
            get { entries.first { $0.key == key }?.member }
            set {
                guard let newValue else { return entries.removeAll { $0.key == key } }
                if let place = entries.firstIndex(where: { $0.key == key }) {
                    entries[place].member = newValue
                } else {
                    entries.append(Entry(key: key, member: newValue))
                }
            }
        }
    }
}

/// Why a field value is no structured field, with the offset of the first byte that is wrong.
struct StructuredFieldError: Error, Equatable {
    let reason: String
    let offset: Int
}

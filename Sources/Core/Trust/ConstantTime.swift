internal import CSodium

/// Whether two byte strings are equal, in a time that tells their lengths and nothing else.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}

/// Whether two texts have the same UTF-8 bytes, in a time that tells their lengths and nothing else.
public func constantTimeEquals(_ left: String, _ right: String) -> Bool {
    constantTimeEquals(Array(left.utf8), Array(right.utf8))
}

internal import COpenSSL

/// DER in and out of OpenSSL, and its words.
enum OpenSSL {
    /// One whole structure, with nothing behind it.
    static func decode<Pointer>(
        _ der: [UInt8], _ decoder: (UnsafeMutablePointer<Pointer?>?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int) -> Pointer?,
        _ free: (Pointer?) -> Void
    ) -> Pointer? {
        der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            guard let value = decoder(nil, &position, bytes.count) else { return nil }
            if position == bytes.baseAddress.map({ $0 + bytes.count }) { return value }
            free(value)
            return nil
        }
    }

    /// - Parameter encoder: an `i2d_…`, which says the length, and writes where it is told to.
    static func encode(_ encoder: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8]? {
        let length = Int(encoder(nil))
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var position = buffer.baseAddress
            count = max(0, Int(encoder(&position)))
        }
    }

    /// A copy that OpenSSL frees.
    static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8>? {
        bytes.withUnsafeBufferPointer { CRYPTO_memdup($0.baseAddress, $0.count, nil, 0) }?.assumingMemoryBound(to: UInt8.self)
    }

    /// Of this thread; what stood there before must have been cleared.
    static var lastError: String {
        ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "unknown"
    }
}

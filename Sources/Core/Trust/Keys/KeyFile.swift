extension SigningKey {
    /// Reads the key from the PEM file `name.pem` in the folder, or makes one there at the first start. The file must be readable
    /// by its owner only. Throws `SecretFileError` or `KeyError`.
    public static func open(folder: String, name: String, algorithm: SignatureAlgorithm = .ed25519) throws -> SigningKey {
        let path = "\(folder)/\(name).pem"
        let bytes = try SecretFile.openOrCreate(path) { Array(generate(algorithm).pem.utf8) }
        return try SigningKey(pem: String(decoding: bytes, as: UTF8.self))
    }
}

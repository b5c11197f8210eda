import Values

/// An account at a bank in Israel.
enum BankAccount {
    /// Codes of the banks (Bank of Israel), with a text each at `forms.bank.<code>`.
    static let banks: [Int] = [4, 9, 10, 11, 12, 13, 14, 17, 18, 20, 22, 23, 31, 34, 46, 52, 54]

    static func read(bank: String, branch: String, account: String) -> Decoded {
        if bank.isEmpty, branch.isEmpty, account.isEmpty { return .absent }
        guard let code = TypedDigits.only(bank).flatMap({ Int($0) }), banks.contains(code) else { return .fault("bank", part: "bank") }
        guard let office = TypedDigits.only(branch), (1...3).contains(office.utf8.count) else { return .fault("branch", part: "branch") }
        guard let number = TypedDigits.only(account), (4...13).contains(number.utf8.count) else { return .fault("account", part: "account") }
        let padded = String(repeating: "0", count: 3 - office.utf8.count) + office
        return .value(["bank": .int(Int64(code)), "branch": .string(padded), "account": .string(number)])
    }
}

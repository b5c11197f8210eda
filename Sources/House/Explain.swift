import Contracts
import Database
package import Web

/// Errors of the floors below that are nobody's mistake, as problems: the reader is told that nothing was saved and when to try again.
@Sendable package func explain(_ error: any Error) -> Problem? {
    switch error {
    case let error as DatabaseError:
        switch error {
        case .unavailable, .full: .unavailable
        case .constraint, .unexpectedValue, .statement, .migration: nil
        }
    case is ExchangeError: .unavailable
    default: nil
    }
}

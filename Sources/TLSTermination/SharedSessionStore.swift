import PKITypes
import Synchronization
import TLSStream
import VerificationCore

/// The sessions that devices may resume, on whichever loop they come back to. Striped by session id, with one short lock a
/// stripe: the only locks that loops take.
package final class SharedSessionStore: Sendable {
    private final class Stripe: Sendable {
        let store: Mutex<SessionStore<StoredSession>>

        init(_ bounds: SessionStore<StoredSession>.Bounds) { store = Mutex(SessionStore(bounds)) }
    }

    /// What is in it, for people.
    package struct Contents: Sendable {
        package internal(set) var entries = 0
        package internal(set) var octets = 0
        package internal(set) var evictions: UInt64 = 0
    }

    /// So many that two of a machine's loops seldom want the same.
    private static let stripeCount = 16
    /// Sessions: eight for each of 8,000 devices.
    private static let maximumEntries = 65_536
    /// Octets: four times what so many sessions of usual certificates take, for some have long names.
    private static let maximumOctets = 256 << 20
    /// Sessions of a device in one stripe: with 16 connections at once it rarely has more there.
    private static let entriesOfOneDevice = 4

    private let stripes: [Stripe]
    private let maximumAgeSeconds: Int64

    /// - Parameter maximumAgeSeconds: since the device proved its key.
    package convenience init(maximumAgeSeconds: Int64 = SessionLifetime.maximumAgeSeconds) {
        self.init(
            .init(
                entries: Self.maximumEntries / Self.stripeCount, octets: Self.maximumOctets / Self.stripeCount,
                entriesOfOneDevice: Self.entriesOfOneDevice
            ),
            maximumAgeSeconds: maximumAgeSeconds
        )
    }

    /// - Parameter bounds: of one stripe.
    init(_ bounds: SessionStore<StoredSession>.Bounds, maximumAgeSeconds: Int64) {
        stripes = (0..<Self.stripeCount).map { _ in Stripe(bounds) }
        self.maximumAgeSeconds = maximumAgeSeconds
    }

    /// When a session may be resumed.
    package func period(of path: VerifiedPath, authenticatedAt: UnixSeconds) -> Validity {
        SessionLifetime.period(
            endingWith: path.validity.notAfter, authenticatedAt: authenticatedAt, maximumAgeSeconds: maximumAgeSeconds
        )
    }

    package func insert(_ session: StoredSession, as id: SessionID, at now: UnixSeconds) {
        let entry = SessionStore.Entry(
            session: session, device: session.identity, octets: session.size,
            period: period(of: session.path, authenticatedAt: session.authenticatedAt)
        )
        stripe(of: id).store.withLock { $0.insert(entry, as: id, at: now) }
    }

    /// The session that a device offers. One of TLS 1.3 is handed out once (RFC 8446 §C.4), and its id was never to be seen
    /// before; one of TLS 1.2 stays, for its id is in the clear and anybody could use it up.
    package func session(offeredAs id: SessionID, _ version: TLSVersion, at now: UnixSeconds) -> StoredSession? {
        stripe(of: id).store.withLock { store in
            switch version {
            case .tls12: store.session(id, at: now)
            case .tls13: store.take(id, at: now)
            }
        }
    }

    package func remove(_ id: SessionID) { stripe(of: id).store.withLock { $0.remove(id) } }

    /// How many there were, at all listeners.
    @discardableResult
    package func removeAll(of device: DeviceIdentity) -> Int {
        stripes.reduce(0) { $0 + $1.store.withLock { $0.removeAll(of: device) } }
    }

    package var contents: Contents {
        stripes.reduce(into: Contents()) { contents, stripe in
            stripe.store.withLock { store in
                contents.entries += store.count
                contents.octets += store.octetCount
                contents.evictions += store.evictions
            }
        }
    }

    private func stripe(of id: SessionID) -> Stripe { stripes[id.share(of: stripes.count)] }
}

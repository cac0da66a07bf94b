import EventLoop
import PKITypes
import TLSOrigination
import TLSTermination
import VerificationCore

/// Everything that a loop needs to know, in one value: what the control plane publishes.
package struct LoopGeneration: Sendable {
    package let snapshot: VerificationSnapshot
    /// Since the generation before: a loop applies every one, in order.
    package let change: SnapshotChange
    /// The moment of which ``change`` speaks.
    package let comparedAt: UnixSeconds
    package let listeners: [ListenerPlan]
    /// CLOCK_MONOTONIC, in nanoseconds.
    package let publishedAt: UInt64

    package init(
        snapshot: VerificationSnapshot, change: SnapshotChange, comparedAt: UnixSeconds, listeners: [ListenerPlan],
        publishedAt: UInt64
    ) {
        self.snapshot = snapshot
        self.change = change
        self.comparedAt = comparedAt
        self.listeners = listeners
        self.publishedAt = publishedAt
    }
}

/// A listener as one loop runs it.
package final class ListenerPlan: Sendable {
    package let name: String
    /// This loop's share of the addresses.
    package let sockets: [ListeningSocket]
    package let tls: TLSServerContext
    /// Shared with everybody; nil where nothing is resumed.
    package let sessions: SharedSessionStore?
    package let upstream: UpstreamPlan
    package let timeouts: ConnectionTimeouts
    package let limits: ConnectionLimits
    /// Shared with the other loops that run the listener.
    package let occupancy: ListenerOccupancy
    /// This loop's counters.
    package let counters: ListenerCounters

    package init(
        name: String,
        sockets: [ListeningSocket],
        tls: TLSServerContext,
        sessions: SharedSessionStore? = nil,
        upstream: UpstreamPlan,
        timeouts: ConnectionTimeouts,
        limits: ConnectionLimits,
        occupancy: ListenerOccupancy,
        counters: ListenerCounters
    ) {
        self.name = name
        self.sockets = sockets
        self.tls = tls
        self.sessions = sessions
        self.upstream = upstream
        self.timeouts = timeouts
        self.limits = limits
        self.occupancy = occupancy
        self.counters = counters
    }
}

/// Where a listener's sessions go. Names are resolved before: a loop never asks a resolver.
package struct UpstreamPlan: Sendable {
    /// What the upstream is told of the device beside its octets.
    package enum Identity: Sendable { case none, proxyV2 }

    package let name: String
    /// Tried in this order.
    package let addresses: [SocketAddress]
    /// Nil: plain.
    package let tls: TLSClientContext?
    package let identity: Identity
    package let health: UpstreamHealth

    package init(name: String, addresses: [SocketAddress], tls: TLSClientContext?, identity: Identity, health: UpstreamHealth) {
        self.name = name
        self.addresses = addresses
        self.tls = tls
        self.identity = identity
        self.health = health
    }
}

/// How long a connection may take over each part of its life, in seconds. Nil is no limit.
package struct ConnectionTimeouts: Sendable {
    package let handshakeSeconds: Double
    package let connectSeconds: Double
    package let idleSeconds: Double?
    package let deadPeerSeconds: Double?
    package let sessionSeconds: Double?

    package init(
        handshakeSeconds: Double,
        connectSeconds: Double,
        idleSeconds: Double?,
        deadPeerSeconds: Double?,
        sessionSeconds: Double?
    ) {
        self.handshakeSeconds = handshakeSeconds
        self.connectSeconds = connectSeconds
        self.idleSeconds = idleSeconds
        self.deadPeerSeconds = deadPeerSeconds
        self.sessionSeconds = sessionSeconds
    }
}

/// How many connections a listener may hold, over all loops. The surplus is closed at accept, and counted.
package struct ConnectionLimits: Sendable {
    package let connections: Int
    package let handshakesInFlight: Int

    package init(connections: Int, handshakesInFlight: Int) {
        self.connections = connections
        self.handshakesInFlight = handshakesInFlight
    }
}

//! A simulated Fibocom module.

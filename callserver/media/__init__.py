"""The 20-ms tick, the patch bay, legs, players, the recorder, speech."""

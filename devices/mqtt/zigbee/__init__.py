"""Zigbee2MQTT, natively: what its bridge tells of devices, groups and itself."""

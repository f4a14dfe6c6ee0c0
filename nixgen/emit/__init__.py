"""nixgen.emit"""

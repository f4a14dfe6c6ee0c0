"""nixgen.layout"""
